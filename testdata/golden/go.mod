module example.com/golden

go 1.26

require example.com/wire v0.0.0

// A module of somebody else's, as far as tools can tell.
replace example.com/wire => ./wire
