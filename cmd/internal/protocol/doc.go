// Package protocol is what both ends of the Language Server Protocol share here:
// the messages that lagvet's server and client use, under the names that the
// specification gives them (version 3.17), and the places in a text.
//
//   - [Stream] frames messages for github.com/sourcegraph/jsonrpc2, and answers
//     those that are no JSON-RPC instead of breaking off.
//   - [Text] turns byte columns, which Go tools count, into the positions of an
//     editor and back; [Drift] follows lines from one version of a text to another.
//   - [PathOf] and [URIOf] turn URIs into file names and back.
//
// A message holds the members that are read or written, not all that exist.
package protocol
