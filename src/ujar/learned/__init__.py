"""What every learned model of ujar shares: words as vectors, the encoder, windows, tag chains; nothing of news."""
