// Package config reads .lagvet.yml.
//
// [Load] reads a file and reports every error in it, each with its line and
// column. What it returns has two halves. [Config.Analysis] is what changes the
// findings themselves (assumed effects, roots, hot functions, budgets, options
// of rules): it goes to the engine as canonical bytes with a digest, so that
// cached results are used again exactly as long as it stays the same. The rest
// (rules on and off, severities, tiers, excludes) is applied to what was found,
// and costs no new analysis.
//
// Package host applies a configuration to the analyzers themselves. The format is
// described in docs/config.md.
package config
