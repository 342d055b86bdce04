"""The models that embed texts and that read a question together with an excerpt."""
