// Package golangci makes lagvet's rules linters of golangci-lint: a plugin of its
// module system. A golangci-lint that imports this package knows the linter
// "lagvet", which runs the rules that are on and says what is wrong with
// directives and what could not be checked, and one linter for each rule, under
// the rule's name, so that enable, disable, nolint comments and reports go by rule.
// No rule may have two linters, and heapescape has none: it asks the compiler. Each
// linter says where golangci-lint handed on no facts that rules go by.
//
// Their settings are the same but for rules, which only "lagvet" has:
//
//	config    the configuration file, instead of the nearest .lagvet.yml
//	profiles  CPU profiles that tell what is hot, besides those that .lagvet.yml
//	          names and each default.pgo beside a main package
//	rules     the rules to run, if not all; [] for none
//
// Paths are relative to the root of the workspace or module that golangci-lint
// runs in. What a setting means beyond that, package host tells: this one reads
// settings and hands on analyzers, and knows golangci-lint by the interface of
// plugins alone.
package golangci
