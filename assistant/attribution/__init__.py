"""Attribution: whose words the passages of an essay hold, by its quotation marks, citations and phrasing."""
