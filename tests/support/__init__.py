"""What the tests stand on: a throwaway database, a browser, and how to do without them."""
