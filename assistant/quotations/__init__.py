"""A quotation -> whether it is in print; words of a draft -> which of them are an essay's."""
