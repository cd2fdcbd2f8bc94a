"""The languages the product can speak to people in. Their catalogues stand in exchange/translations."""

LANGUAGES = ("en",)  # BCP 47; the first is what somebody gets whose own is not among them
