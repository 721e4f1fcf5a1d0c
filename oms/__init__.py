"""What an order is: vocabulary, order life, book, and the journal that holds it all."""
