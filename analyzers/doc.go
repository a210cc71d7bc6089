// Package analyzers is the registry of lagvet's rules. Each rule is a package of
// its own below this one and exports an Analyzer that any go/analysis host runs.
//
// A host that wants more than diagnostics (the tier, the chain, the hotness, the
// findings that an allow silences) runs [Findings] and decodes what it reports
// with [Decode]: that is how the lagvet command reads its own vet tool.
package analyzers
