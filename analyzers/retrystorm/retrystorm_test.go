package retrystorm_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/retrystorm"
)

func Test(t *testing.T) { ruletest.Run(t, retrystorm.Rule) }
