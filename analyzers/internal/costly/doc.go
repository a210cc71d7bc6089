// Package costly knows functions that cost more than their names say: what formats,
// works by reflection, compiles, logs or leaves Go.
//
// It is a table and no more. Whether such a call is worth a word is up to who asks,
// and so is what other packages offer of the kind. Rules that would otherwise
// speak of a part of the same cost, as of what is boxed for fmt.Sprintf, can
// tell by it whose it is.
package costly
