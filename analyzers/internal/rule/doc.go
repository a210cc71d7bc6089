// Package rule is what every rule is made of: the description that the catalogue,
// the documentation and the hosts read, and the way in which a rule reports.
//
// A rule's package holds a Spec, the analyzer made from it, and a run function
// that reports findings to its [Pass]. Hosts that know only go/analysis (go vet,
// gopls, golangci-lint, nogo) are given plain diagnostics; lagvet's own engine
// reads the rule's [Result], which holds every tier and every allowed finding.
package rule
