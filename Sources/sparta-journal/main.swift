print("sparta-journal")
