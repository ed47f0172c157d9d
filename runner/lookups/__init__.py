"""Looking up who a customer is: files outside the repository, APIs, programs."""
