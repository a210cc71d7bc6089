// Package gopls puts lagvet's analyzers into gopls, which has no interface for
// plugins.
//
// The command "lagvet gopls build" builds a gopls whose main package calls
// [Register] on the list in which gopls keeps its analyzers. [Analyzers] says what
// is put there.
package gopls
