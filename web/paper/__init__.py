"""The paper of a request: a PDF that can be kept, printed and read aloud."""
