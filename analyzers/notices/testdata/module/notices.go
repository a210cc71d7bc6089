package notices // want `not checked: heapescape: the compiler was not asked`

import "time"

//lagvet:hott // want `is not a directive; did you mean hot\?`
func misspelt() {}

// A value that leaves is what the compiler would be asked about.
//
//lagvet:hot
func kept() *int { return new(int) }

//lagvet:assume none -- said by nobody who looked // want `contradicted by the code, which sleeps \(time.Sleep\)`
func sleeps() { time.Sleep(time.Second) }

func fine() {
	for range time.Tick(time.Second) { //lagvet:allow gounbounded -- nothing is spawned // want `allow gounbounded silences nothing here; remove it`
		return
	}
}
