// Package baseline tells which findings of a version of a program an older
// version had already.
//
// An [Entry] is a finding without its line: what is wrong, in which function, and
// hashes of the code there and around it. [EntriesOf] makes entries of findings
// and the sources that they stand in; whether these are those of an older commit
// or were written to a file long ago is the same to [Match], which pairs entries
// with the findings of today. It goes from certain pairs (the same function, the
// same code) to likely ones (the function has another name, and the code is the
// same), and no entry answers for two findings: code that is copied is new.
package baseline
