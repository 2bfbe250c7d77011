"""Calendars: public holidays of countries, and rotas from calendar files."""
