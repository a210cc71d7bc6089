// Package finding is the model of what lagvet reports: one hazard at one place,
// with the chain that leads to it and an identity that survives moved code.
//
// The engine fills in a [Finding] for each hazard and a [Problem] for each thing
// that it was not able to look at. [Sort] gives findings the order in which every
// report prints them, [Identify] their fingerprints.
package finding
