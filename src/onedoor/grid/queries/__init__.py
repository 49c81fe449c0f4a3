"""Named reads of the grid."""
