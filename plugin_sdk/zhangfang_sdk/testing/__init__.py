"""What a plugin's own tests stand on: the conformance kit, the isolation kit, fakes of core's services."""
