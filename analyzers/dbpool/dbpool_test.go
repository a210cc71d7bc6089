package dbpool_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/dbpool"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, dbpool.Rule) }
