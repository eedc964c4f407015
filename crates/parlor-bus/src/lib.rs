//! What just happened, told to every node.
