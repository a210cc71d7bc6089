// Package witness is what rules on effects are made of: where a function does
// something, and the chain that shows it in a finding.
//
// [Analyzer] joins what package effects infers with the functions of the
// package's syntax. A rule asks its [Index] for the places of a function
// ([Index.Places]) and turns the effects found there into steps of a chain
// ([Index.Chain]). Where the shortest chain of a place says too little, [Search.Find]
// looks for another one, and [Index.Possible] tells whether constants rule it out.
package witness
