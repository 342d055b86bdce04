"""A quotation -> whether it stands in print; words of a draft -> which of them are an essay's."""
