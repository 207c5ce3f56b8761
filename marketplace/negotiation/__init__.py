"""From interest to agreed terms: leads, their private thread, versions of terms, complaints."""
