// Package yamltree reads YAML and JSON that is not trusted, and keeps for each value
// where it stands.
//
// A document whose aliases would make it larger than a person's configuration is
// refused: the anchors of some 300 bytes can stand for gigabytes.
package yamltree
