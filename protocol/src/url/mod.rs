//! URLs: the canonical form and the keyed digest by which two hotlines find that they mean the same one.
