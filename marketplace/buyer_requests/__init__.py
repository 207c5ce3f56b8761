"""Technology needs ("bài toán"): what buyers look for. Called buyer_requests because `requests` is a library."""
