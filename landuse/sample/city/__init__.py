"""The ground of the synthetic city: lattice, parcels, parks, plan."""
