"""What carries an order: the engine loop, FIX workers, the codec, the control plane and the simulator."""
