"""Invented names of the demonstration. Given names and surnames are drawn apart, so no one is meant."""

from __future__ import annotations

from random import Random

GIVEN = {
    "en": (
        "Amara Beatrice Calvin Daria Elliot Fern Gwen Harold Imani Jonah Keisha Leland Maya Noor Odessa Perry Quinn "
        "Rochelle Silas Tamsin Uriah Vivian Wesley Yara Zora"
    ).split(),
    "es": (
        "Alma Araceli Beatriz Camila Carmen Delfina Eréndira Esperanza Fátima Graciela Inés Itzel Josué Lucía "
        "Maribel Martín Nélida Óscar Paloma Ramón Rocío Saúl Socorro Ulises Verónica Ximena Yolanda Zulema"
    ).split(),
    "to": (
        "ʻAlisi ʻAna ʻEleni ʻIlaisaane ʻOfa ʻUlupano Fakaʻosi Falakika Finau Halaʻevalu Kalolaine Langilangi "
        "Lātū Lesieli Losaline Manusiu Mele Mohetau Nōfoaʻaga Paea Pōhiva Salote Sēini Siosaia Tevita Tupou Vaʻinga"
    ).split(),
    "sm": (
        "ʻAnetelea Agalelei Faʻafetai Faʻamanu Fetū Filifili Iosefa Lagi Leilani Lupe Malia Masina Moana Pisila "
        "Sāmoana Sefina Sina Siaosi Solofa Talitiga Tasi Tāmālelagi Toʻaiva Tusipepa Vaʻaiga"
    ).split(),
}
FAMILY = {
    "en": (
        "Abara Bellweather Castellan Dunmore Eastlake Fairweather Greenhollow Hartwood Iverdale Juniper Kestrel "
        "Larkspur Merriweather Northgate Oakhaven Pennywell Quillfeather Rosemont Silverthorn Thistlewood"
    ).split(),
    "es": (
        "Alcántara Barrientos Cárdenas Domínguez Echeverría Fuentes Galindo Huízar Iturbide Jáuregui Lizárraga "
        "Montoya Nájera Ordóñez Peñaloza Quiñones Rentería Sandoval Tlapanco Urrutia Villaseñor Yáñez Zamarripa"
    ).split(),
    "to": (
        "Fakatava Fifita-Moala Hāʻunga Kauʻuhila Kolomatangi Lolohea Mafileʻo Manuʻatu Maʻafu Naʻufahu ʻAhokava "
        "Palelei Pulotu Sisifā Taʻufoʻou Taumoepeau Tāufaʻao Tonutonu Vakapuna ʻUluʻave"
    ).split(),
    "sm": (
        "Aʻasa Auvaʻa Faʻalogo Faleafā Galuvao Iʻaulualo Leʻaupepe Leʻavasā Lealaiaʻuloto Maʻilata Masoē "
        "Nuʻuseʻe Pauʻuvale Sagapoluʻu Seʻumalo Talaʻave Tauiliʻili Toʻatolu Tuʻitama Vaifanua"
    ).split(),
}
#: Key, name, service planning areas, priority geographies, populations served.
CBOS = (
    ("joshua-bloom", "Joshua Bloom Health Circle", (1,), ("antelope-valley",), ("people-with-disabilities",)),
    ("desert-bridge", "Desert Bridge Neighbors", (1,), ("antelope-valley",), ("immigrants",)),
    ("poppy-trail", "Poppy Trail Promotoras", (1, 2), ("antelope-valley",), ("immigrants",)),
    ("valle-unido", "Valle Unido en Salud", (2,), ("northeast-san-fernando-valley",), ("immigrants",)),
    ("tujunga-wash", "Tujunga Wash Family Network", (2,), ("northeast-san-fernando-valley",), ()),
    ("arroyo-lights", "Arroyo Lights Collective", (2, 4), (), ("lgbtq",)),
    ("san-gabriel-hands", "San Gabriel Helping Hands", (3,), (), ("immigrants",)),
    ("foothill-elders", "Foothill Elders Alliance", (3,), (), ("people-with-disabilities",)),
    ("puente-hills", "Puente Hills Promotores", (3, 7), (), ("immigrants",)),
    ("echo-stairs", "Echo Stairs Community Health", (4,), (), ("immigrants", "lgbtq")),
    ("first-nations-circle", "First Nations Circle of Care", (4, 6), (), ("american-indian-alaska-native",)),
    ("seventh-street", "Seventh Street Outreach", (4,), (), ()),
    ("tide-and-pier", "Tide and Pier Navigators", (5,), (), ("people-with-disabilities",)),
    ("ballona-commons", "Ballona Commons", (5,), (), ("lgbtq",)),
    ("westside-kitchen", "Westside Kitchen Table Project", (5, 8), (), ("immigrants",)),
    ("jacaranda-row", "Jacaranda Row Wellness", (6,), ("south-la",), ()),
    ("central-avenue", "Central Avenue Health Stories", (6,), ("south-la",), ("people-with-disabilities",)),
    ("compton-creek", "Compton Creek Caring Network", (6, 8), ("south-la",), ("pacific-islanders",)),
    ("rio-hondo", "Río Hondo Promotoras", (7,), ("southeast-la",), ("immigrants",)),
    ("cudahy-gardens", "Cudahy Gardens Health Action", (7,), ("southeast-la",), ("immigrants",)),
    ("southeast-lantern", "Southeast Lantern", (7, 6), ("southeast-la",), ("immigrants", "lgbtq")),
    ("fale-ola", "Fale Ola Pacific Health", (8,), (), ("pacific-islanders",)),
    ("kainga-lelei", "Kāinga Lelei Tongan Families", (8, 6), (), ("pacific-islanders",)),
    ("harbor-canoe", "Harbor Canoe Collective", (8,), (), ("pacific-islanders", "immigrants")),
)
DEPARTMENTS = (
    ("public-health", "Department of Public Health (demonstration)"),
    ("health-services", "Department of Health Services (demonstration)"),
    ("mental-health", "Department of Mental Health (demonstration)"),
)
PROGRAMS = ("Community prevention", "Care navigation", "Well-being outreach")
TITLES = ("Community health worker", "Promotora", "Promotor", "Community health representative", "Navigator")


def draw_name(rng: Random, language: str) -> str:
    """Return an invented full name of somebody who works in `language`."""
    given = rng.choice(GIVEN[language])
    family = rng.choice(FAMILY[language])
    if language == "es" and rng.random() < 0.8:
        second = rng.choice(FAMILY["es"])
        if second != family:
            return f"{given} {family} {second}"
    if rng.random() < 0.15:
        return f"{given} {rng.choice(GIVEN[language])} {family}"
    return f"{given} {family}"
