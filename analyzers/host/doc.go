// Package host gives a program that runs analyzers in its own process, such as
// golangci-lint or gopls, those of lagvet, configured.
//
// [Analyzers] reads the configuration that holds in a directory, finds the
// profiles, tells the analyzers what is hot, what is assumed and what the user
// wants to hear, and returns those that are on. Analyzers are told by their
// flags, of which there is one set in a process: Analyzers is to be called
// before any of them runs, and with the same options if more than once.
//
// # Caches
//
// Such a host keeps results, and knows of an analyzer no more than its name. So
// the names of the analyzers on which results and facts depend end in a digest
// of the configuration and of the profiles' content: when either changes, so
// does the key under which the host looks. A rule with facts of its own is
// renamed so too; what it finds is reported by another analyzer, under the name
// of the rule.
//
// # What such a host cannot do
//
// Nothing here runs the compiler: rules that need its word say less, and
// heapescape nothing. Facts are as good as the host's: where it has none of an
// imported package, [analyzers.Notices] says so.
package host
