"""TensorFlow Serving's questions and answers, whatever transport they come by."""
