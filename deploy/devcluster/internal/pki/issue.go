package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"time"

	"github.com/ambient-dev/ambient/deploy/devcluster/internal/datadir"
)

const lifetime = 10 * 365 * 24 * time.Hour

type authority struct {
	cert *x509.Certificate
	key  any
}

func ensureAuthority(at Pair) (authority, error) {
	if !exists(at) {
		template := x509.Certificate{
			Subject:               pkix.Name{CommonName: "ambient-devcluster"},
			KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
			IsCA:                  true,
			BasicConstraintsValid: true,
		}
		if err := issue(at, template, nil); err != nil {
			return authority{}, err
		}
	}
	loaded, err := tls.LoadX509KeyPair(at.Cert, at.Key)
	if err != nil {
		return authority{}, fmt.Errorf("load the certificate authority: %w", err)
	}
	return authority{loaded.Leaf, loaded.PrivateKey}, nil
}

func (a authority) ensureLeaf(at Pair, template x509.Certificate) error {
	if exists(at) {
		return nil
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	return issue(at, template, &a)
}

// issue makes a key and a certificate for it, signed by the authority or, where
// there is none, by itself.
func issue(at Pair, template x509.Certificate, by *authority) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if by == nil {
		by = &authority{&template, key}
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return fmt.Errorf("make a serial number: %w", err)
	}
	template.SerialNumber = serial
	// An hour back, for a clock that is set right after the first start.
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = template.NotBefore.Add(lifetime)
	der, err := x509.CreateCertificate(rand.Reader, &template, by.cert, key.Public(), by.key)
	if err != nil {
		return fmt.Errorf("sign the certificate of %s: %w", template.Subject, err)
	}
	return write(at, key, "CERTIFICATE", der)
}

// ensureKeyPair makes a key without a certificate.
func ensureKeyPair(at Pair) error {
	if exists(at) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("encode a public key: %w", err)
	}
	return write(at, key, "PUBLIC KEY", der)
}

// write puts the public half last, because exists goes by it.
func write(at Pair, key *ecdsa.PrivateKey, kind string, public []byte) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	if err := datadir.WriteFile(at.Key, encode("EC PRIVATE KEY", der)); err != nil {
		return err
	}
	return datadir.WriteFile(at.Cert, encode(kind, public))
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func exists(at Pair) bool {
	_, err := os.Stat(at.Cert)
	return err == nil
}
