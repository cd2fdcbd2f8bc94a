"""Letters about meetings outside the programme, which follow from what each was told. Not whose meetings."""
