//! **Mint** is the way from key file to token.
