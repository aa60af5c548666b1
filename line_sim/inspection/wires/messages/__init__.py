"""Message classes made from published field numbers, without anybody's generated modules."""
