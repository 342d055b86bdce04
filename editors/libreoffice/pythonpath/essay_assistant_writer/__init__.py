"""Quotations and their check in LibreOffice Writer, by a running `assistant serve`."""
