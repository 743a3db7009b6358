package datadir

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Admin is the user in system:masters.
const Admin = "admin"

// users are those whose tokens the API server knows; all but Admin start without
// a group and without a right, so that roles can be tried out on them.
var users = []string{Admin, "alice", "bob", "carol"}

// Tokens maps a user to a bearer token.
type Tokens map[string]string

// Tokens returns the users' tokens, made at the first call for this folder.
func (d Dir) Tokens() (Tokens, error) {
	content, err := os.ReadFile(d.TokensJSON())
	if errors.Is(err, os.ErrNotExist) {
		return d.makeTokens()
	}
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	var tokens Tokens
	if err := json.Unmarshal(content, &tokens); err != nil {
		return nil, fmt.Errorf("read %s: %w", d.TokensJSON(), err)
	}
	for _, user := range users {
		if tokens[user] == "" {
			return nil, fmt.Errorf("%s has no token for %s: remove the file to have new tokens made", d.TokensJSON(), user)
		}
	}
	return tokens, nil
}

func (d Dir) makeTokens() (Tokens, error) {
	tokens := Tokens{}
	for _, user := range users {
		random := make([]byte, 32)
		rand.Read(random)
		tokens[user] = base64.RawURLEncoding.EncodeToString(random)
	}
	content, err := json.MarshalIndent(tokens, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the tokens: %w", err)
	}
	return tokens, WriteFile(d.TokensJSON(), append(content, '\n'))
}

// CSV renders the tokens as the API server's --token-auth-file wants them.
func (t Tokens) CSV() string {
	var b strings.Builder
	for _, user := range users {
		fmt.Fprintf(&b, "%s,%s,%s", t[user], user, user)
		if user == Admin {
			b.WriteString(",system:masters")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
