// Package policy says what load a service is to stand, and what must hold meanwhile: a
// [Policy] is read from YAML ([Load], [Parse]), becomes the plan of package load
// ([Policy.Plan]), and judges what was measured ([Policy.Judge]).
//
// A limit that could not be measured is UNKNOWN, and never passes. The keys are in
// docs/load.md.
package policy
