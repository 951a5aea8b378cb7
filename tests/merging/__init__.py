"""Tests of joining two records."""
