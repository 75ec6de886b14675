"""What every learned model of ujar shares: words as vectors, the encoder, tag chains. numpy alone, nothing of news."""
