"""Units of measure as they are written together with a number or behind one. Pure."""

from __future__ import annotations

#: Signs of temperature, written as many characters as they had: 25ºC, 25 °C and 25℃ are 25 and c.
_DEGREE_SIGNS = "º℃℉"
_DEGREES = str.maketrans(_DEGREE_SIGNS, "°CF")
#: Units that are parted from a number written together with them: 500m³ = 500 m3. Not "g", "k" and "d": 5G, 4K, 3D.
_UNITS_TEXT = (
    "w kw mw gw wp kwp mwp wh kwh mwh gwh v kv mv a ma ka ah mah va kva mva hz khz mhz ghz kg mg ug t l ml m cm mm km nm "
    "um m2 m3 cm2 cm3 mm2 km2 ha pa kpa mpa gpa bar mbar psi ppm ppb db dba lm lux h min ms us ns rpm kbps mbps gbps kb mb "
    "gb tb mp c oc j kj mj gj cal kcal btu hp kn mol ntu cfu tr ty ti usd vnd"
)
UNITS = frozenset(_UNITS_TEXT.split())


def one_sign_of_degrees(text: str) -> str:
    """Return a text in which degrees are written in one way, with as many characters as before."""
    # translating is slow, and these signs are rare
    return text.translate(_DEGREES) if any(sign in text for sign in _DEGREE_SIGNS) else text
