package book

import "example.com/app/codec"

// It takes an interface with methods: the value encodes itself.
//
//lagvet:hot
func message(p point, keys []string) []byte { return codec.MarshalMessage(p, keys) }

// To sort by reflection is not to encode by it.
//
//lagvet:hot
func anything(s string, keys []string) []byte { return codec.EncodeAny(s, keys) }

// The type is not one of a logger.
//
//lagvet:hot
func ledger(l *codec.Ledger) { l.Log(1) }
