"""CRM: who the customers are and what may be said to each of them."""
