from tests.certificates.test_drills import *
import resource,time
def test_x(content_app,tmp_path):
    t=time.time(); f=drill(content_app,"every_point",tmp_path,64,seconds=500); r=resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f, "wall",time.time()-t,"cpu",r.ru_utime+r.ru_stime)
def test_y(content_app,tmp_path):
    t=time.time(); f=drill(content_app,"race",tmp_path,60,seconds=500); r=resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f, "wall",time.time()-t,"cpu",r.ru_utime+r.ru_stime)
