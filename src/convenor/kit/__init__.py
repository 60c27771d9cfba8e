"""The design system: page frame, components, forms, tables and charts. Knows nothing of the domain."""
