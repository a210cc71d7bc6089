// Package book calls another package's codecs and loggers in hot code.
package book

import "example.com/app/codec"

type point struct{ x, y int }

func (p point) Append(b []byte) []byte { return append(b, byte(p.x), byte(p.y)) }

//lagvet:hot
func encode(p point) []byte {
	b, _ := codec.Marshal(p) // want `^proven: codec.Marshal walks the value by reflection`
	return b
}

//lagvet:hot
func enter(l *codec.Logger) {
	l.Infof("point") // want `^likely: \(\*codec.Logger\).Infof formats a record`
}

// What is called in another package is looked into; a condition may stand in
// between.
//
//lagvet:hot
func name(p point) string {
	return codec.Name(int64(p.x)) // want `^suspected: codec.Name calls fmt.Sprintf, which has .* ← calls fmt.Sprintf ← calls `
}

// A logger for which nothing shows that it waits, and a level that is off.
//
//lagvet:hot
func quiet(l *codec.Logger, o codec.OutLogger) {
	l.Info("point")   // free of effects
	o.Info("point")   // want `^suspected: \(codec.OutLogger\).Info formats`
	l.Debugf("point") // want `^suspected: \(\*codec.Logger\).Debugf formats`
}
