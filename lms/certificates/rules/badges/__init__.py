"""The badge of a certificate and what stands beside it: credential, proof, tokens, status lists, issuer's documents."""
