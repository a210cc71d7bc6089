// Package notices exports what no rule reports as an analyzer like a rule's, for
// hosts that take analyzers by their packages, as Bazel's nogo does: directives that
// cannot be obeyed or silence nothing, assumptions that the code contradicts, and
// what could not be checked, such as calls into packages of which the host has no
// facts. See [analyzers.Notices].
package notices
