"""Meetings of boards, decisions and the quarterly digest; seats are given in exchange.network."""
